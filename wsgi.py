"""The application for gunicorn and the flask command.

`python -m wsgi worker` is `flask worker` without the commands that other packages add, and their weight.
"""

from flask.cli import ScriptInfo

from app import create_app

app = create_app()

if __name__ == "__main__":
    app.cli.main(prog_name="wsgi", obj=ScriptInfo(create_app=lambda: app))
