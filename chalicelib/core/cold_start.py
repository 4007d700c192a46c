"""Disables garbage collection during the import of the application.

While some hundred modules are imported, the collector repeatedly examines all objects and frees none: an eighth of the
import time of `app`. Importing this module, which `app.py` does first, disables it; `over()`, called last, enables it.
Objects that exist then are excluded from later collections (`gc.freeze`), which makes those shorter too.
"""

import gc

gc.disable()


def over() -> None:
    """Enable garbage collection for objects created from now on."""
    gc.freeze()
    gc.enable()
