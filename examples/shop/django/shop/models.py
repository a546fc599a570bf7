from django.conf import settings
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=100)
    cents = models.PositiveIntegerField()

    def __str__(self):
        return self.name


class Review(models.Model):
    product = models.ForeignKey(Product, models.CASCADE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.CharField(max_length=200)

    def __str__(self):
        return self.text
