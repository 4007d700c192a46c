"""What dispatchers see: the orders and couriers of their organisation."""
