"""Users: who asks, and for admins everybody."""

import logging

from flask import Blueprint, Response
from werkzeug.exceptions import Forbidden

from celeriac.core.errors import Refused
from celeriac.core.users import Role, checked_password
from celeriac.store.records import users_by_email
from celeriac.web.api import celeriac
from celeriac.web.attempts import password_check
from celeriac.web.auth import current_user
from celeriac.web.database import db
from celeriac.web.json_text import json_answer
from celeriac.web.models.users import Me, NewUser, OwnPassword, UserChange, UserDocument, UserPaging, UsersFound
from celeriac.web.openapi import operation

blueprint = Blueprint("users", __name__)
_log = logging.getLogger(__name__)


@blueprint.get("/users/me")
@operation(Me)
def me() -> Response:
    """Who asks, and with which role."""
    user = current_user()
    if user is None:
        return json_answer({"email": None, "name": None, "role": Role.ADMIN, "isOpen": True})
    return json_answer({"email": user.email, "name": user.name, "role": user.role, "isOpen": False})


@blueprint.put("/users/me/password")
@operation(None, status=204)
def own_password(json: OwnPassword) -> Response:
    """A new password of who asks; ends their sessions, this one too."""
    user = current_user()
    if user is None:
        raise Refused("Nobody has to log in yet: there is no password to change")
    if password_check()(user.email, json.current) is None:
        raise Forbidden("This is not your present password")
    celeriac().users.set_password(user.email, json.password)
    _log.info("user changed", extra={"email": user.email, "changed": "password", "by": user.email})
    return Response(status=204)


@blueprint.get("/users")
@operation(UsersFound)
def search(query: UserPaging) -> Response:
    """Users by email."""
    found = db.paginate(users_by_email(query.q), page=query.page, per_page=query.size, error_out=False)
    results = [_document(UserDocument.of(record.value())) for record in found]
    return json_answer({"results": results, "total": found.total})


@blueprint.post("/users")
@operation(UserDocument, status=201)
def create(json: NewUser) -> Response:
    """A new user."""
    user = celeriac().users.add(json.email, json.password, json.role, json.name)
    _log.info("user added", extra={"email": user.email, "user_role": user.role.value, "by": _by()})
    return json_answer(_document(UserDocument.of(user)), 201)


@blueprint.get("/users/<email>")
@operation(UserDocument)
def read(email: str) -> Response:
    """A user."""
    return json_answer(_document(UserDocument.of(celeriac().users.get(email))))


@blueprint.patch("/users/<email>")
@operation(UserDocument)
def change(email: str, json: UserChange) -> Response:
    """Changes the password, the role, or whether the user may log in; all that is asked for, or nothing."""
    users = celeriac().users
    if json.is_disabled is not None:
        _refuse_own(email, json.is_disabled)
    if json.password is not None:
        checked_password(json.password)
    if json.role is not None:
        users.set_role(email, json.role)
    if json.is_disabled is not None:
        (users.disable if json.is_disabled else users.enable)(email)
    if json.password is not None:
        users.set_password(email, json.password)
    user = users.get(email)
    changed = ",".join(sorted(json.model_fields_set))
    _log.info("user changed", extra={"email": user.email, "changed": changed, "by": _by()})
    return json_answer(_document(UserDocument.of(user)))


def _refuse_own(email: str, is_disabled: bool) -> None:
    if is_disabled and email.strip().lower() == _by():
        raise Refused("You cannot disable yourself; another admin can.")


def _by() -> str:
    user = current_user()
    return user.email if user else ""


def _document(user: UserDocument) -> dict[str, object]:
    return user.model_dump(mode="json", by_alias=True)
