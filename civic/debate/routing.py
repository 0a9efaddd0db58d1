"""Direcciones de WebSocket del debate."""

from django.urls import path

from civic.debate.consumers import DebateConsumer

websocket_urlpatterns = [path("ws/debate/<int:hilo_pk>/", DebateConsumer.as_asgi())]
