"""Traceability: the serial registry, traces, histories as EPCIS documents, and recalls."""
