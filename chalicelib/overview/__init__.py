"""What runs today in each domain that the caller may see. It lies above the domains and reads all of them."""
