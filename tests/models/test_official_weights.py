"""Official checkpoints are downloaded, checked and loaded: here small ones, from this computer."""

import hashlib
import io
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from torch import Tensor

from helpers.models import build, weights
from helpers.models.weights import state_dict
from tests.disks import DISKS, on_disk, only_with_mounts
from tests.families import LAYOUTS


class Server:
    """Files by name, served on loopback, and the names that were asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.removeprefix("/")
                server.asked.append(name)
                contents = server.files.get(name)
                self.send_response(404 if contents is None else 200)
                self.send_header("Content-Length", str(len(contents or b"")))
                self.end_headers()
                self.wfile.write(contents or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(monkeypatch, tmp_path) -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever)
    thread.start()
    monkeypatch.setattr(weights, "_SERVER", made.url)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield made
    made.http.shutdown()
    thread.join()
    made.http.server_close()


def checkpoint(network: str, old_names: bool = False) -> dict[str, Tensor]:
    """Tensors of the layout's names and shapes, each of one number that is stored once."""
    state = {}
    for place, (name, shape) in enumerate(LAYOUTS[network]["state_dict"].items()):
        if old_names:
            if name.endswith("num_batches_tracked"):
                continue  # the old checkpoints were made before there was such a count
            for part in ("norm1", "norm2", "conv1", "conv2"):
                name = name.replace(f"denselayer1.{part}.", f"denselayer1.{part[:-1]}.{part[-1]}.")
        dtype = torch.int64 if name.endswith("tracked") else torch.float32
        state[name] = torch.full((1,), place + 1, dtype=dtype).expand(shape or (1,))[... if shape else 0]
    return state


def offer(server: Server, monkeypatch: pytest.MonkeyPatch, network: str, state: dict[str, Tensor]) -> str:
    """Serve a checkpoint as the official one of a network, and return its file's name."""
    contents = io.BytesIO()
    torch.save(state, contents)
    digest = hashlib.sha256(contents.getvalue()).hexdigest()
    file = f"{network}-{digest[:8]}.pth"
    server.files[file] = contents.getvalue()
    monkeypatch.setitem(weights._WEIGHTS, network, {"imagenet": lambda: weights._official(file)})
    return file


def kept(tmp_path: Path, file: str) -> Path:
    return tmp_path / "hub" / "checkpoints" / file


def test_a_checkpoint_is_downloaded_once_and_loaded_into_the_network(server, monkeypatch, tmp_path):
    file = offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    names = list(LAYOUTS["resnet18"]["state_dict"])
    for _ in range(2):
        net = build("resnet18", edition="torchvision", weights="imagenet", device="cpu")
        for place, tensor in enumerate(net.state_dict().values()):
            assert torch.all(tensor == place + 1), names[place]
        assert not net.training
        assert net.conv1.weight.is_contiguous(memory_format=torch.channels_last)
        assert net.conv1.weight.requires_grad
    assert server.asked == [file]
    assert kept(tmp_path, file).read_bytes() == server.files[file]


def test_an_edition_that_is_the_same_takes_the_same_weights(server, monkeypatch):
    offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    net = build("resnet18", weights="imagenet", device="cpu")
    assert net.fc.bias.unique().tolist() == [len(LAYOUTS["resnet18"]["state_dict"])]


def test_densenet_s_old_names_are_given_their_new_ones(server, monkeypatch):
    state = checkpoint("densenet121", old_names=True)
    assert "features.denseblock1.denselayer1.norm.1.weight" in state
    offer(server, monkeypatch, "densenet121", state)
    net = build("densenet121", weights="imagenet", device="cpu")
    places = {name: place + 1 for place, name in enumerate(LAYOUTS["densenet121"]["state_dict"])}
    for name, tensor in net.state_dict().items():
        assert torch.all(tensor == (0 if name.endswith("tracked") else places[name])), name


@pytest.mark.parametrize("aux_heads", [False, True])
def test_googlenet_comes_with_or_without_its_heads_and_transforms_its_input(server, monkeypatch, aux_heads):
    offer(server, monkeypatch, "googlenet", checkpoint("googlenet"))
    net = build("googlenet", edition="torchvision", weights="imagenet", device="cpu", aux_heads=aux_heads)
    assert net.transform_input
    assert (net.aux1 is not None) == aux_heads
    assert net.fc.bias.unique().tolist() == [len(LAYOUTS["googlenet"]["state_dict"])]
    assert not build("googlenet", edition="torchvision", device="meta").transform_input


def test_a_download_that_is_damaged_is_refused_and_can_be_had_again(server, monkeypatch, tmp_path):
    file = offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    whole = server.files[file]
    server.files[file] = whole[:-10] + bytes(10)
    with pytest.raises(ValueError, match=rf"^The weights from {server.url}/{file} arrived damaged; ask for"):
        state_dict("resnet18", "imagenet")
    assert list(kept(tmp_path, file).parent.iterdir()) == []
    server.files[file] = whole
    assert len(state_dict("resnet18", "imagenet")) == len(LAYOUTS["resnet18"]["state_dict"])


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:1000], lambda whole: b"", lambda whole: whole + b"?"]
)
def test_a_file_that_lies_there_damaged_is_downloaded_again(server, monkeypatch, tmp_path, damage):
    file = offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    kept(tmp_path, file).parent.mkdir(parents=True)
    kept(tmp_path, file).write_bytes(damage(server.files[file]))
    assert len(state_dict("resnet18", "imagenet")) == len(LAYOUTS["resnet18"]["state_dict"])
    assert server.asked == [file]
    assert kept(tmp_path, file).read_bytes() == server.files[file]


def test_a_file_that_was_put_there_needs_no_server(server, monkeypatch, tmp_path):
    file = offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    kept(tmp_path, file).parent.mkdir(parents=True)
    kept(tmp_path, file).write_bytes(server.files[file])
    assert len(state_dict("resnet18", "imagenet")) == len(LAYOUTS["resnet18"]["state_dict"])
    assert server.asked == []


def test_where_there_is_no_server_the_sentence_says_what_to_do(server, monkeypatch, tmp_path):
    file = offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(weights, "_SERVER", f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(
            ValueError, match=r"could not be downloaded from .*refused.*; connect to"
        ) as found:
            state_dict("resnet18", "imagenet")
    assert str(found.value).endswith(f"or put the file into {kept(tmp_path, file).parent}.")
    assert "\n" not in str(found.value)


DOWNLOAD = """
import sys
from pathlib import Path
from helpers.models import weights
weights._SERVER = sys.argv[1]
try:
    weights._official(sys.argv[2])
except ValueError as error:
    print(error)
print([path.name for path in Path(sys.argv[3]).rglob("*") if path.is_file()])
"""


# On the full disk the larger file is cut off while it comes in, the other when its last piece is written.
@pytest.mark.parametrize(
    ("disk", "size"),
    [("full", 300_000), ("full", 17_000), ("full of files", 17_000), ("read only", 17_000)],
)
@only_with_mounts
def test_where_there_is_no_room_the_sentence_says_so_and_no_part_is_left(server, tmp_path, disk, size):
    file = f"net-{hashlib.sha256(bytes(size)).hexdigest()[:8]}.pth"
    server.files[file] = bytes(size)
    command = [sys.executable, "-c", DOWNLOAD, server.url, file, str(tmp_path)]
    *_, said, left = on_disk(disk, tmp_path, *command, TORCH_HOME=str(tmp_path)).stdout.splitlines()
    assert said == (
        f"The weights could not be kept in {kept(tmp_path, file).parent} ({DISKS[disk][1]}); make room "
        "there, or set TORCH_HOME to a folder that can be written."
    )
    assert left == "[]"


def test_a_folder_that_cannot_be_made_is_no_fault_of_the_network(server, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "file"))
    with pytest.raises(ValueError, match=r"^The weights could not be kept in .* \(Not a directory\); make"):
        weights._official("net-00000000.pth")
    assert server.asked == []


def test_a_file_that_the_server_does_not_have_is_said_to_be_missing(server, monkeypatch):
    file = offer(server, monkeypatch, "resnet18", checkpoint("resnet18"))
    del server.files[file]
    with pytest.raises(ValueError, match=r"could not be downloaded .*404"):
        state_dict("resnet18", "imagenet")


def test_a_checkpoint_of_another_network_is_refused_by_name(server, monkeypatch):
    offer(server, monkeypatch, "resnet18", checkpoint("resnet34"))
    with pytest.raises(RuntimeError, match=r"Unexpected key.*layer1\.2\.conv1\.weight"):
        build("resnet18", weights="imagenet", device="cpu")


def test_every_official_file_is_known_under_its_network_s_name():
    assert {name: layout["file"] for name, layout in LAYOUTS.items()} == weights._FILES
    assert weights._SERVER == "https://download.pytorch.org/models"


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("alexnet", {}, r"^Trained weights of alexnet are for edition='torchvision', not for 'paper'\.$"),
        ("resnet50", {}, r"^Trained weights of resnet50 are for edition='torchvision', not for 'paper'\.$"),
        ("resnet18", {"num_classes": 10}, r"^Trained weights are for 1000 classes .* num_classes=10\.$"),
        ("plain34", {}, r"^There is no set of weights for plain34 'imagenet', nor any other\.$"),
        ("vgg16_c", {}, r"^There is no set of weights for vgg16_c 'imagenet', nor any other\.$"),
    ],
)
def test_weights_that_do_not_fit_are_refused_before_anything_is_downloaded(server, name, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(name, weights="imagenet", device="cpu", **arguments)
    assert server.asked == []
