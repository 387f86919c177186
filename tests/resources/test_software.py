"""The software catalogue of the package."""

import re

import pytest
from pydantic import ValidationError

from deskprov.resources.software import NEVER_REMOVED, Options
from deskprov.resources.software.catalogue import Product, catalogue, package_name

PRODUCTS = list(catalogue().values())


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_products_are_whole(product: Product) -> None:
    package = product.packages["apt"]
    assert re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package)
    assert product.source == f"https://packages.debian.org/bookworm/{package}"
    assert product.title
    assert Options(name=product.name, state="absent").name == product.name
    assert package not in NEVER_REMOVED


def test_products_stand_in_order_and_each_is_another() -> None:
    names = [product.name for product in PRODUCTS]
    assert names == sorted(names)
    packages = [product.packages["apt"] for product in PRODUCTS]
    assert len(set(packages)) == len(packages) > 20


def test_a_name_that_is_no_product_is_the_name_of_a_package() -> None:
    assert package_name("firefox", "apt") == "firefox-esr"
    assert package_name("hello", "apt") == "hello"


def test_a_version_is_held_unless_the_profile_says_otherwise() -> None:
    held = [
        Options(name="tree", version=version, hold=hold).held
        for version, hold in ((None, None), ("1", None), ("1", False), (None, True))
    ]
    assert held == [None, True, False, True]


def test_a_file_of_the_site_must_be_the_one_that_was_reviewed() -> None:
    stated = {"name": "tool", "source": "profiles/tool.deb", "sha256": "a" * 64}
    assert Options(**stated, source_sha256="a" * 64).source == "profiles/tool.deb"
    with pytest.raises(ValidationError, match=f"another file than the one stated: its sha256 is {'b' * 64}"):
        Options(**stated, source_sha256="b" * 64)
