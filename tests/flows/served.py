"""What the sources of the example flows would answer, from a server on this machine."""

import json
from collections.abc import Sequence
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PRODUCTS = [
    {"title": "Mascara", "brand": "Essence", "price": 9.99, "stock": 5},
    {"title": "Palette", "brand": "Glamour", "price": 19.99, "stock": 44},
    {"title": "Lipstick", "brand": "Glamour", "price": 12.51, "stock": 68},
    {"title": "Apple", "price": 1.99, "stock": 8},
    {"title": "Mirror", "brand": "Essence", "price": 14.01, "stock": 59},
]
ORDERS = """order_id,product_id,quantity,price,total
1,20,3,10.25,30.75
2,42,10,4.5,45.0
3,20,1,10.25,10.25
4,7,2,99.99,199.98
5,42,4,4.5,18.0
"""
TOTAL_SALES = 303.98
TOP_PRODUCT = 42
TOP_PRODUCT_UNITS = 14


def serve_products(server: HTTPServer, path: str = "/products") -> str:
    """The URL of the catalogue of products."""
    server.expect_request(path).respond_with_json({"products": PRODUCTS, "total": len(PRODUCTS)})
    return str(server.url_for(path))


def serve_orders(server: HTTPServer, path: str = "/orders.csv") -> str:
    """The URL of the orders."""
    server.expect_request(path).respond_with_data(ORDERS, content_type="text/csv")
    return str(server.url_for(path))


class Webhook:
    """An incoming webhook that keeps what it was sent."""

    def __init__(self, server: HTTPServer, path: str = "/hook") -> None:
        self.bodies: list[str] = []
        self.url = str(server.url_for(path))
        server.expect_request(path, method="POST").respond_with_handler(self._receive)

    @property
    def messages(self) -> Sequence[dict[str, Any]]:
        """The bodies, for webhooks that are sent JSON."""
        return [json.loads(body) for body in self.bodies]

    def _receive(self, request: Request) -> Response:
        self.bodies.append(request.get_data(as_text=True))
        return Response("ok")
