"""The report on the line: first-pass yield, failures by measurement, and how capable the process is of its limits."""
