# One image for every process: `picrete migrate`, `picrete api`, `picrete worker`, `picrete bot`, `picrete backup`.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
COPY pyproject.toml README.md ./
COPY picrete_gql ./picrete_gql
# Linked, not copied, into the environment: the migrations lie beside the package.
RUN python -m venv /opt/picrete && /opt/picrete/bin/pip install --no-cache-dir --editable ".[ocr,otel,backup]"

FROM python:3.12-slim-bookworm
# The language data of the local reading engine; where a provider reads the pages it lies idle. A volume that is mounted
# at /backups becomes picrete's.
RUN apt-get update \
 && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-rus \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home picrete \
 && install -d -m 700 -o picrete /backups
COPY --from=build /opt/picrete /opt/picrete
WORKDIR /app
COPY pyproject.toml README.md ./
COPY picrete_gql ./picrete_gql
COPY alembic ./alembic
ENV PATH=/opt/picrete/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PICRETE_ENVIRONMENT=production \
    PICRETE_HTTP__HOST=0.0.0.0
USER picrete
EXPOSE 8000
CMD ["picrete", "api"]
