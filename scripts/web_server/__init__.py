"""gunicorn workers that buffer requests and pass only complete ones to the application, so that slow clients occupy no thread.

Imports nothing of the application, because gunicorn's arbiter loads this package.
"""
