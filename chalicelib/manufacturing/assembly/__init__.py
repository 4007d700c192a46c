"""Assembly: modules, packs, binding and sealing."""
