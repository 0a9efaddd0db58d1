from allauth.account.forms import LoginForm
from django import forms


class IngresoForm(LoginForm):
    pass


class RegistroForm(forms.Form):
    def signup(self, request, user):
        pass
