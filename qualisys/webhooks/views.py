"""Webhooks of a project over HTTP."""

from typing import ClassVar

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import mixins, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from qualisys.idempotency.idempotent import idempotent
from qualisys.openapi import Answer, Body, operation
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action
from qualisys.tenancy.authentication import user_id_of
from qualisys.webhooks import examples, services
from qualisys.webhooks.models import Delivery, Webhook
from qualisys.webhooks.serializers import (
    CreatedWebhookSerializer,
    DeliverySerializer,
    NewWebhookSerializer,
    WebhookSerializer,
)
from qualisys.webhooks.services import TooManyWebhooks, WebhookNotFound


class WebhookListViewSet(mixins.ListModelMixin, GenericViewSet[Webhook]):
    """The webhooks of a project, and new ones."""

    tag = "Webhooks"
    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = WebhookSerializer
    actions: ClassVar[dict[str, Action]] = {"list": Action.VIEW_WEBHOOKS, "create": Action.MANAGE_WEBHOOKS}
    project: Project

    def get_queryset(self) -> QuerySet[Webhook]:
        return Webhook.objects.filter(project=self.project)

    @operation(
        "list_webhooks",
        Answer(200, "One page of webhooks, in the order in which they were made.", WebhookSerializer, examples.WEBHOOK),
    )
    def list(self, request: Request, **_path: str) -> Response:
        """List the webhooks of a project.

        A secret is not among what is answered.
        """
        return super().list(request)

    @operation(
        "create_webhook",
        Answer(201, "The webhook, with its secret: this once.", CreatedWebhookSerializer, examples.CREATED),
        body=Body(NewWebhookSerializer, examples.NEW_WEBHOOK),
        errors=(TooManyWebhooks(settings.WEBHOOKS_PER_PROJECT),),
    )
    def create(self, request: Request, **_path: str) -> Response:
        """Have an address told of what happens in a project.

        Messages are POST requests in JSON, signed as [Standard Webhooks](https://www.standardwebhooks.com) has it:
        check them with a library of that name and the `secret` of the answer, which is shown this once. A message
        arrives at least once; the header `webhook-id` tells whether it was there before. Answer 2xx within ten
        seconds; anything else is tried again for some hours.
        """
        form = NewWebhookSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        webhook, secret = services.create_webhook(self.project.pk, actor_id=user_id_of(request), **form.validated_data)
        answer = {**WebhookSerializer(webhook).data, "secret": secret}
        return Response(answer, status=status.HTTP_201_CREATED)


class WebhookViewSet(GenericViewSet[Webhook]):
    """One webhook."""

    tag = "Webhooks"
    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = WebhookSerializer
    actions: ClassVar[dict[str, Action]] = {
        "retrieve": Action.VIEW_WEBHOOKS,
        "destroy": Action.MANAGE_WEBHOOKS,
        "ping": Action.MANAGE_WEBHOOKS,
    }
    project: Project

    @operation(
        "get_webhook", Answer(200, "The webhook.", WebhookSerializer, examples.WEBHOOK), errors=(WebhookNotFound,)
    )
    def retrieve(self, _request: Request, webhook_id: str, **_path: str) -> Response:
        """Look at a webhook."""
        return Response(WebhookSerializer(services.webhook_of(self.project.pk, webhook_id)).data)

    @operation(
        "delete_webhook",
        Answer(204, "The webhook is gone, with its secret and its log."),
        errors=(WebhookNotFound,),
    )
    def destroy(self, _request: Request, webhook_id: str, **_path: str) -> Response:
        """Delete a webhook.

        What was not sent yet is not sent any more.
        """
        services.delete_webhook(self.project.pk, webhook_id)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @idempotent
    @operation(
        "ping_webhook",
        Answer(202, "The message, which is being sent.", DeliverySerializer, examples.PING),
        errors=(WebhookNotFound,),
    )
    def ping(self, request: Request, webhook_id: str, **_path: str) -> Response:
        """Try a webhook out.

        A message of the type `webhook.ping` is sent, once; see the deliveries for what became of it. While one is under
        way, no other is sent. One that arrives at a webhook that was switched off switches it on again.
        """
        # There is nothing to say in a body, and one that cannot be read is refused as anywhere else.
        Serializer(data=request.data).is_valid(raise_exception=True)
        delivery = services.ping(self.project.pk, webhook_id, actor_id=user_id_of(request))
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)


class DeliveryViewSet(mixins.ListModelMixin, GenericViewSet[Delivery]):
    """What was sent to a webhook."""

    tag = "Webhooks"
    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = DeliverySerializer
    actions: ClassVar[dict[str, Action]] = {"list": Action.VIEW_WEBHOOKS}
    project: Project

    def get_queryset(self) -> QuerySet[Delivery]:
        webhook = services.webhook_of(self.project.pk, self.kwargs["webhook_id"])
        return Delivery.objects.filter(webhook=webhook)

    @operation(
        "list_deliveries",
        Answer(200, "One page of messages, the newest first.", DeliverySerializer, examples.DELIVERY),
        errors=(WebhookNotFound,),
    )
    def list(self, request: Request, **_path: str) -> Response:
        """List the messages to a webhook.

        With what became of each; they are kept for 30 days.
        """
        return super().list(request)
