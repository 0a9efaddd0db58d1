# Órdenes de Ayni. «make demo» lo muestra andando; «make probar» lo prueba todo.
.DEFAULT_GOAL := ayuda
SHELL := /bin/sh
PUERTO ?= 8000
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
PY := .venv/bin/python
# Los .pyc aceleran cada arranque; hay máquinas que los apagan por defecto.
unexport PYTHONDONTWRITEBYTECODE
# En varios procesos, cada uno con su base y sus datos (tests/antes.py); un archivo entero va siempre a uno solo.
PYTEST = $(PY) -m pytest
EN_PARALELO = -n auto --maxprocesses 4 --dist loadfile
PRODUCCION_DE_PRUEBA = env AYNI_MODO=pruebas $$(.ci/servicios)

.PHONY: ayuda demo entorno entorno-dev probar probar-produccion revisar pruebas navegador rendimiento candado servir limpiar

ayuda: ## esta lista
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /|/' | awk -F'|' '{printf "  make %-18s %s\n", $$1, $$2}'

demo: entorno ## instala lo necesario, carga Quillacollo y sirve en http://127.0.0.1:8000 (PUERTO=8010 para otro)
	@$(PY) manage.py demo --puerto $(PUERTO)

entorno: .venv/.produccion ## solo el entorno de Python, con las versiones y huellas de requirements.txt

entorno-dev: .venv/.desarrollo ## lo mismo, más las herramientas de prueba

# La marca se escribe al final: una instalación interrumpida se rehace en la siguiente orden.
.venv/.produccion: requirements.txt
	@.ci/instalar "$(PYTHON)" "$(UV)" requirements.txt
	@touch $@

.venv/.desarrollo: requirements-dev.txt .venv/.produccion
	@.ci/instalar "$(PYTHON)" "$(UV)" requirements-dev.txt
	@touch $@

probar: entorno-dev revisar pruebas navegador ## estilo, contratos, migraciones y todas las pruebas, en SQLite

revisar: entorno-dev
	@echo "== Estilo"; .venv/bin/ruff check . && .venv/bin/ruff format --check .
	@echo "== Plantillas"; .venv/bin/djlint --lint --quiet civic propuestas votaciones mapas cms
	@echo "== Contratos de importación"; .venv/bin/lint-imports
	@echo "== Tipos"; AYNI_MODO=pruebas .venv/bin/mypy
	@echo "== Migraciones"; AYNI_MODO=pruebas $(PY) manage.py makemigrations --check --dry-run

pruebas: entorno-dev
	@echo "== Pruebas"; AYNI_MODO=pruebas $(PYTEST) $(EN_PARALELO)

navegador: entorno-dev
	@echo "== Pruebas en el navegador"; AYNI_MODO=pruebas .ci/con_chromium $(PYTEST) $(EN_PARALELO) tests/navegador

probar-produccion: entorno-dev ## las mismas pruebas sobre PostgreSQL y Redis
	@.ci/servicios > /dev/null
	@echo "== Pruebas (PostgreSQL y Redis)"; $(PRODUCCION_DE_PRUEBA) $(PYTEST) $(EN_PARALELO)
	@echo "== Pruebas en el navegador (PostgreSQL y Redis)"; $(PRODUCCION_DE_PRUEBA) .ci/con_chromium $(PYTEST) $(EN_PARALELO) tests/navegador

rendimiento: entorno-dev ## mide listas, mapa y territorio; imprime razones contra una base
	@AYNI_MODO=pruebas AYNI_NIVEL_REGISTRO=ERROR $(PYTEST) tests/rendimiento -s

servir: entorno ## servidor de desarrollo con recarga, sobre los datos de la demo
	@AYNI_DEPURAR=si $(PY) -m uvicorn civic.asgi:application --port $(PUERTO) --lifespan off --reload --reload-dir civic --reload-dir propuestas --reload-dir votaciones --reload-dir mapas --reload-dir cms

candado: ## rehace requirements*.txt con huellas a partir de los .in (necesita uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make candado' requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make candado' requirements-dev.in -c requirements.txt -o requirements-dev.txt

limpiar: ## borra el entorno y los datos de la demo
	rm -rf .venv var
