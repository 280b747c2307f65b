"""gunicorn workers that give a request to the application once it is there as a whole, and wait for slow clients without a thread.

Imports nothing of the application: gunicorn's arbiter loads this.
"""
