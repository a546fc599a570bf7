from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from .forms import PasswordForm, ReviewForm
from .models import Product


def home(request):
    products = Product.objects.prefetch_related("review_set__author")
    return render(request, "home.html", {"products": products, "cart": request.session.get("cart", [])})


@require_POST
@login_required
def review(request):
    """Takes the form that Go's cart shows."""
    form = ReviewForm(request.POST)
    if form.is_valid():
        form.instance.author = request.user
        form.save()
        messages.success(request, f"Thank you for your review of {form.instance.product}.")
    else:
        messages.error(request, "That is no review.")
    return redirect("/cart/")


@login_required
def everywhere(request):
    """Ends all sessions of the user, here and in Go: a new hash of the same password does."""
    form = PasswordForm(request.user, request.POST or None)
    if form.is_valid():
        request.user.set_password(form.cleaned_data["password"])
        request.user.save()
        logout(request)
        messages.info(request, "You are signed out everywhere.")
        return redirect("/")
    return render(request, "everywhere.html", {"form": form})
