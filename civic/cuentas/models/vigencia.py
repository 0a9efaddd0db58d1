"""Lo que vale de un día a otro."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ConVigenciaQuerySet(models.QuerySet):
    def vigentes(self, dia: datetime.date | None = None) -> "ConVigenciaQuerySet":
        dia = dia or timezone.localdate()
        return self.filter(desde__lte=dia).filter(Q(hasta__isnull=True) | Q(hasta__gte=dia))

    def por_cumplir(self, dia: datetime.date | None = None) -> "ConVigenciaQuerySet":
        """Los en curso y los que todavía no empezaron."""
        dia = dia or timezone.localdate()
        return self.filter(Q(hasta__isnull=True) | Q(hasta__gte=dia))
