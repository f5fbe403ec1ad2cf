"""Django Channels on uvicorn, a group on the layer that has Redis publish and subscribe; on uvloop."""

import os
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from bench.open_files import raise_file_limit
from bench.peers.asgi import serve
from bench.peers.serving import Gathering, runner
from bench.peers.task import Task

GROUP = "hall"


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    layer = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [os.environ["PEERS_REDIS"]]},
    }
    settings.configure(DEBUG=False, CHANNEL_LAYERS={"default": layer}, INSTALLED_APPS=["channels"], LOGGING_CONFIG=None)
    django.setup()
    viewers = Gathering(task.displays)

    class Viewer(AsyncWebsocketConsumer):  # type: ignore[misc,unused-ignore]
        async def connect(self) -> None:
            await self.channel_layer.group_add(GROUP, self.channel_name)
            await self.accept()
            viewers.add(self)

        async def told(self, event: dict[str, Any]) -> None:
            await self.send(text_data=event["text"])

    async def tell() -> None:
        await get_channel_layer().group_send(GROUP, {"type": "told", "text": task.text})

    app = ProtocolTypeRouter({"websocket": URLRouter([path("", Viewer.as_asgi())])})
    await serve(app, task, viewers, tell)


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
