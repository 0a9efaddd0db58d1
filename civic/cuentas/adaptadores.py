"""Cómo crea y trata las cuentas allauth."""

from allauth.account.adapter import DefaultAccountAdapter


class AdaptadorDeCuentas(DefaultAccountAdapter):
    pass
