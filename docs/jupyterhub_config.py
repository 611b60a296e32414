"""JupyterHub for a class on one Linux computer, each learner with a server and a copy of the lessons.

In the course's environment: `pip install "jupyterhub>=5.2,<7"` and `npm install -g configurable-http-proxy`.
Then, from the course's folder:

    CLASS_PASSWORD=… ADMIN_PASSWORD=… jupyterhub --config docs/jupyterhub_config.py

Learners open http://THIS-COMPUTER:8000, choose any name, and give the class's password (8 characters or more;
the teacher is "teacher", with the other password, of 32 or more). Their work is kept in the folder "class" of
whoever started the hub, or in CLASS_FOLDER. All servers run as that one user: anyone can read anyone's
folder, and nobody's memory or time is limited. That is for a class in one room whose members trust each
other; for others, take jupyterhub-systemdspawner with its `mem_limit` and `cpu_limit`, and HTTPS.
"""

import os
import shutil
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1]
CLASS = Path(os.environ.get("CLASS_FOLDER", Path.home() / "class")).resolve()
CLASS.mkdir(parents=True, exist_ok=True)
LEARNERS = 16

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = os.environ.get("CLASS_ADDRESS", "http://:8000")
c.JupyterHub.db_url = f"sqlite:///{CLASS}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(CLASS / "jupyterhub_cookie_secret")
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["CLASS_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ["ADMIN_PASSWORD"]
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"[a-z][a-z0-9_-]{0,31}"  # it becomes the name of a folder
c.Authenticator.admin_users = {"teacher"}

# Where all begin at once, the others wait a few seconds instead of finding a server that did not start.
c.JupyterHub.active_server_limit = LEARNERS + 1
c.JupyterHub.concurrent_spawn_limit = 4
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(CLASS / "{username}")
c.Spawner.default_url = "/lab/tree/notebooks"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.environment = {
    "OMP_NUM_THREADS": "1",  # many kernels share the cores: more threads each only wait for one another
    "PYTHONUTF8": "1",
}
c.Spawner.args = [
    # A lesson left open in no browser gives its memory back after half an hour.
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=60",
    *(["--allow-root"] if os.geteuid() == 0 else []),
]


def copy_lessons(spawner):
    """Put the lessons into a learner's folder; what they have changed there stays."""
    folder = CLASS / spawner.user.name / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    for lesson in (COURSE / "notebooks").glob("*.ipynb"):
        if not (folder / lesson.name).exists():
            shutil.copy(lesson, folder)


c.Spawner.pre_spawn_hook = copy_lessons
