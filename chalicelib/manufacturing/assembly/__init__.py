"""Assembly: modules, packs, binding, sealing and dispositions."""
