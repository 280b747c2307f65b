"""Demo data: three invented companies with staff, numbers and sixty days of calls; never in production."""
