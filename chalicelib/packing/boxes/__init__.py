"""Boxes of shipments and their contents: packing, removing, closing, SSCCs and labels."""
