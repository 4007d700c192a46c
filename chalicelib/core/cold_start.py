"""A start without collecting garbage, because importing makes none worth looking for.

While some hundred modules are imported, Python looks through everything that was made so far again and again, and finds
that all of it is still needed: an eighth of the import of `app`. So collecting stops when this module is imported,
which `app.py` does first, and goes on with `over()`, which it calls last. What exists then stays for as long as the
process does and is not looked at again (`gc.freeze`), which makes the collections of later requests shorter too.
"""

import gc

gc.disable()


def over() -> None:
    """Collect again from now on, but not what has been imported."""
    gc.freeze()
    gc.enable()
