"""A Django with users, groups and permissions in SQLite. It answers for itself and for database/sql: a JSON text a line."""

import json
import sys

import django
from django.conf import settings

custom = sys.argv[1] == "custom"
settings.configure(
    SECRET_KEY="unused",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"] + (["__main__.MainConfig"] if custom else []),
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    **({"AUTH_USER_MODEL": "main.Customer"} if custom else {}),
)

if custom:
    import uuid

    from django.apps import AppConfig

    class MainConfig(AppConfig):
        """An app whose models are made here: there is no module to import them from."""

        name, label, path = "__main__", "main", "/"

        def import_models(self):
            from django.contrib.auth.models import AbstractUser
            from django.db import models

            class Customer(AbstractUser):
                id = models.UUIDField(primary_key=True, default=uuid.uuid4)

                class Meta:
                    app_label = "main"
                    db_table = "user"

            self.models = self.apps.all_models["main"]

django.setup()

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection

call_command("migrate", verbosity=0)
User = get_user_model()
if custom:
    with connection.schema_editor() as editor:
        editor.create_model(User)


def sql(question):
    query = question["query"]
    if "$1" in query:
        query = query.replace("$1", "%s").replace("$2", "%s")
    else:
        query = query.replace("?", "%s")
    with connection.cursor() as cursor:
        try:
            cursor.execute(query, question["args"])
            return {"columns": [c[0] for c in cursor.description or []], "rows": [list(r) for r in cursor.fetchall()]}
        except Exception as e:
            return {"error": repr(e)}


def create(question):
    permissions = list(Permission.objects.order_by("id"))
    group, _ = Group.objects.get_or_create(name="staff")
    group.permissions.set(permissions[3:6])
    other, _ = Group.objects.get_or_create(name="other")
    other.permissions.set(permissions[7:8])
    user = User.objects.create(username=question["name"], is_active=question["active"], is_superuser=question["superuser"])
    user.set_password("x")
    user.save()
    if question["own"]:
        user.user_permissions.set(permissions[0:2])
    if question["group"]:
        user.groups.add(group)
    return {"id": User._meta.pk.value_to_string(user), "password": user.password}


def may(question):
    user = User.objects.get(username=question["name"])
    names = ["%s.%s" % (p.content_type.app_label, p.codename) for p in Permission.objects.select_related("content_type")]
    names += ["auth.nothing", "nothing", "", "auth.", ".", "AUTH.add_user"]
    apps = ["auth", "contenttypes", "main", "aut", "", "nothing"]
    return {"has": {n: user.has_perm(n) for n in names}, "modules": {a: user.has_module_perms(a) for a in apps}}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"sql": sql, "create": create, "may": may}[question["op"]](question)), flush=True)
