"""The application for gunicorn and the flask command.

`python -m wsgi worker` is `flask worker` without loading the commands of other packages.
"""

import gc

# Objects loaded here live as long as the process, and the collector would scan them repeatedly: the start takes 1.3 CPU-seconds
# instead of 1.8 without it. gc.freeze() excludes them from later collections too.
gc.disable()

from flask.cli import ScriptInfo  # noqa: E402

from app import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()

if __name__ == "__main__":
    app.cli.main(prog_name="wsgi", obj=ScriptInfo(create_app=lambda: app))
