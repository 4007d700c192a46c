"""Tables, policies, deployment and the local stack. The application imports nothing from here."""
