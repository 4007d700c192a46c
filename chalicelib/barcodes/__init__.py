"""What barcode scanners read: plain codes, EAN and UPC numbers, GS1 codes and Digital Links. Pure."""
