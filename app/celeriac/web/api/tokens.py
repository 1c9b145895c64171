"""API tokens of who asks; admins see and revoke those of everybody."""

import logging
from datetime import timedelta

from flask import Blueprint, Response

from celeriac.core.errors import Refused
from celeriac.core.users import Role, User
from celeriac.store.records import newest_tokens
from celeriac.web.api import celeriac
from celeriac.web.auth import current_user
from celeriac.web.database import db
from celeriac.web.json_text import json_answer
from celeriac.web.models.shapes import Paging
from celeriac.web.models.users import MadeToken, NewToken, TokenDocument, TokensFound
from celeriac.web.openapi import operation

blueprint = Blueprint("tokens", __name__)
_log = logging.getLogger(__name__)


@blueprint.get("/tokens")
@operation(TokensFound)
def search(query: Paging) -> Response:
    """The tokens of who asks, newest first; of everybody for an admin."""
    found = db.paginate(newest_tokens(_only()), page=query.page, per_page=query.size, error_out=False)
    results = [_document(TokenDocument.of(record.value())) for record in found]
    return json_answer({"results": results, "total": found.total})


@blueprint.post("/tokens")
@operation(MadeToken, status=201)
def create(json: NewToken) -> Response:
    """A token of who asks; its secret is in this answer and nowhere else."""
    user = _somebody()
    secret, token = celeriac().tokens.add(user.email, json.name, None if json.days is None else timedelta(json.days))
    _log.info("token made", extra={"email": user.email, "token": token.id})
    return json_answer({**_document(TokenDocument.of(token)), "token": secret}, 201)


@blueprint.delete("/tokens/<token_id>")
@operation(None, status=204)
def revoke(token_id: str) -> Response:
    """Ends a token."""
    celeriac().tokens.revoke(token_id, _only())
    user = current_user()
    _log.info("token revoked", extra={"token": token_id, "by": user.email if user else ""})
    return Response(status=204)


def _somebody() -> User:
    user = current_user()
    if user is None:
        raise Refused("Nobody has to log in yet: a token needs a user (celeriac users add EMAIL --role admin)")
    return user


def _only() -> str | None:
    """Whose tokens who asks may see: everybody's for admins."""
    user = current_user()
    return None if user is None or user.role is Role.ADMIN else user.email


def _document(token: TokenDocument) -> dict[str, object]:
    return token.model_dump(mode="json", by_alias=True)
