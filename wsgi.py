"""Where gunicorn and flask find the program."""

from app.factory import create_app

app = create_app()
