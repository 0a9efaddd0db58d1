from django.urls import path  # noqa: F401 -- esqueleto

app_name = "territorio"
urlpatterns: list = []
