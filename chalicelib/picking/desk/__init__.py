"""What supervisors of picking see: the assignments of their organisation, with pickers and logs."""
