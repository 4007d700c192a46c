"""How modules and packs leave the line or go back: unbinding, rework, scrap, void, shipment and returns."""
