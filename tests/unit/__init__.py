"""Pure code: no store, no network, no clock."""
