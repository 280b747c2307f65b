"""The demo town: three invented businesses with their people, numbers and sixty days of calls; never in production."""
