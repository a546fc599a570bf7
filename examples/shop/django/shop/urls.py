from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home),
    path("review/", views.review),
    path("accounts/", include("django.contrib.auth.urls")),
    path("accounts/everywhere/", views.everywhere),
    path("admin/", admin.site.urls),
    # cart/ and profile/ are Go's: see nginx.conf.
]
