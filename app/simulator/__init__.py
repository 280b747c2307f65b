"""A stand-in for the telephone world: invented callers speak with the demo town, and the webhooks come as from Retell."""
