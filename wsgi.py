"""The application for gunicorn and the flask command.

`python -m wsgi worker` is `flask worker` without the commands that other packages add, and their weight.
"""

import gc

# What is loaded here stays as long as the process. The collector would walk through all of it again and again, and take a third of
# the start for it; frozen, it is left alone from here on too.
gc.disable()

from flask.cli import ScriptInfo  # noqa: E402

from app import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()

if __name__ == "__main__":
    app.cli.main(prog_name="wsgi", obj=ScriptInfo(create_app=lambda: app))
