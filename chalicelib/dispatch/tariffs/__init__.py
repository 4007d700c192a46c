"""Vehicle types and the price of a delivery with each of them."""
