"""The service catalogue: services, staff, synonyms."""
