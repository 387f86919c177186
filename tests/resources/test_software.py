"""The software catalogue of the package."""

import re

import pytest
from pydantic import ValidationError

from deskprov.model.platform import Platform, validated
from deskprov.resources.software import Options, desired, needs
from deskprov.resources.software.catalogue import Product, catalogue, package_name
from deskprov.resources.software.misfits import NEVER_REMOVED
from deskprov.resources.software.ways import Way, way

PRODUCTS = list(catalogue().values())


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_products_are_whole(product: Product) -> None:
    assert product.title
    assert Options(name=product.name, state="absent").name == product.name
    assert product.packages or product.windows
    for package in product.packages.values():
        assert re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package)
        assert product.source == f"https://packages.debian.org/bookworm/{package}"
        assert package not in NEVER_REMOVED


@pytest.mark.parametrize("product", [p for p in PRODUCTS if p.windows], ids=lambda product: product.name)
def test_what_is_known_of_windows_has_a_page_and_a_day(product: Product) -> None:
    """The page is of one commit, so that it still says tomorrow what was read."""
    assert product.windows.keys() <= {"chocolatey", "winget", "product", "installer", "app"}
    for fact in product.windows.values():
        assert re.fullmatch(r"https://github\.com/[^/]+/[^/]+/blob/[0-9a-f]{40}/\S+", fact.source)
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", fact.read)
        assert fact.value == fact.value.strip()
    if "app" in product.windows:
        assert validated(Options, {"name": product.name, "state": "absent"}, Platform.WINDOWS)
    if product.windows.keys() >= {"winget", "product"}:
        assert validated(Options, {"name": product.name, "feed": "winget"}, Platform.WINDOWS)
    if "chocolatey" in product.windows:
        assert validated(Options, {"name": product.name, "feed": "community"}, Platform.WINDOWS)


def test_products_stand_in_order_and_each_is_another() -> None:
    names = [product.name for product in PRODUCTS]
    assert names == sorted(names)
    packages = [package for product in PRODUCTS for package in product.packages.values()]
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


def test_on_windows_nothing_is_held() -> None:
    stated = validated(Options, {"name": "vlc", "version": "3.0.21", "feed": "community"}, Platform.WINDOWS)
    assert desired(stated) == {"version": "3.0.21"}
    assert needs(stated) == ["software/chocolatey"]


def test_what_comes_by_winget_needs_no_chocolatey() -> None:
    assert needs(validated(Options, {"name": "vlc", "feed": "winget"}, Platform.WINDOWS)) == []


def test_an_installer_of_the_profile_goes_before_winget_of_the_defaults() -> None:
    stated = {"name": "7zip", "feed": "winget", "url": "https://example.org/7z.msi", "sha256": "a" * 64}
    assert way(validated(Options, stated, Platform.WINDOWS)) is Way.INSTALLER


@pytest.mark.parametrize(
    "stated",
    [
        {"name": "tool", "source": "profiles/tool.msi", "sha256": "a" * 64, "product": "Tool"},
        {"name": "tool", "url": "https://example.org/tool.msi", "sha256": "a" * 64, "product": "Tool"},
        {"name": "maps", "app": "Microsoft.WindowsMaps", "state": "absent"},
    ],
)
def test_a_feed_of_defaults_makes_nothing_else_need_chocolatey(stated: dict[str, str]) -> None:
    assert needs(validated(Options, {**stated, "feed": "community"}, Platform.WINDOWS)) == []
