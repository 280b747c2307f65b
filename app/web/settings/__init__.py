"""Settings pages of a business: services, team, hours, policies and connections."""
