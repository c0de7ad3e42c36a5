FROM python:3.11-slim-bookworm

# Pango lays out the papers; Noto CJK is their typeface.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/jbgs
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

RUN useradd --system --home-dir /srv/jbgs jbgs && install -d -o jbgs /data
USER jbgs
ENV JBGS_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "jbgs.wsgi", "--bind=0.0.0.0:8000", "--workers=4", "--threads=4", "--access-logfile=-"]
