"""Operation of the platform: health, queues, retention, onboarding."""
