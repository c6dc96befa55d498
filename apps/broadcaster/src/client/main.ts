import { FeedClient } from "@crosspod/client";

new FeedClient({ url: location.href }).open();
