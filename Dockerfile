# Celeriac: one image for every role; `docker-compose.yml` runs one container of each.
#
#   docker build -t celeriac .
#
# BASE: an image with Python 3.11 or newer and pip. The dashboard is built with a Node.js that only the build installs.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml ./
RUN python -m venv --without-pip /opt/celeriac \
 && python -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
print(*project['dependencies'], *project['optional-dependencies']['postgres'], sep='\n')" > requirements.txt \
 && pip --python /opt/celeriac/bin/python install --no-cache-dir --requirement requirements.txt
COPY hatch_build.py README.md LICENSE ./
COPY app app
COPY workers workers
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && pip --python /opt/celeriac/bin/python install --no-cache-dir --no-deps /wheels/celeriac-*.whl

FROM ${BASE}
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/celeriac celeriac \
 && install -d -o celeriac -g celeriac -m 0750 /var/lib/celeriac
COPY --from=build /opt/celeriac /opt/celeriac
ENV PATH=/opt/celeriac/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CELERIAC_HOME=/var/lib/celeriac \
    CELERIAC_WEB_HOST=0.0.0.0 \
    CELERIAC_ALIVE_FILE=/tmp/celeriac-alive
USER celeriac
WORKDIR /var/lib/celeriac
VOLUME /var/lib/celeriac
EXPOSE 8080
# Every role touches the file each ten seconds while it lives and its database answers.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD [ -n "$(find "$CELERIAC_ALIVE_FILE" -newermt '-45 seconds')" ]
CMD ["celeriac", "server"]
