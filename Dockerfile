# One image, three commands: the web (below), `flask --app wsgi jobs serve` and `flask --app wsgi db upgrade`.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# What /metrics says is running: docker build --build-arg TAPAK_BUILD=$(git rev-parse --short HEAD) .
ARG TAPAK_BUILD=image
ENV TAPAK_BUILD=$TAPAK_BUILD

WORKDIR /srv/tapak
RUN useradd --system --no-create-home tapak && install -d -o tapak -m 0700 var

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY gunicorn.conf.py wsgi.py ./
COPY migrations migrations
COPY geofences geofences
COPY app app

USER tapak
# Signing keys and the ledger's last checkpoint: losing it breaks every receipt that was given out.
VOLUME /srv/tapak/var
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "wsgi:app"]
