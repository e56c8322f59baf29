// The files that Chatpress publishes. Made from its JSON Schema: chatpress schema chat

/** channels.json: every channel that readers may find. */
export type Channels = {
  channels: Array<{
    slug: Slug;
    headline: string;
    live: Live;
    closed_at?: ClosedAt;
    count: Count;
    updated: Updated;
  }>;
};

/** <slug>.json: the whole chat, newest message first. */
export type Chat = {
  version: Version;
  seq: Seq;
  updated: Updated;
  channel: Channel;
  messages: Array<MessageWithUser>;
};

/** <slug>/live.json: the newest changes, and which files hold the rest. The chat at seq is the index's pages and the ops with a seq above base. */
export type Pointer = {
  v: Version;
  /** Another one than before: forget everything and read the index. */
  epoch: string;
  seq: Seq;
  /** The change that the pages show. */
  base: Seq;
  /** The index, beside this file. */
  index: string;
  /** The authors, beside this file. */
  users: string;
  /** Every change from this one on is in ops, but for those that a later one supersedes. */
  ops_from: Seq;
  /** Applying one twice changes nothing. */
  ops: Array<Op>;
  channel: ShortChannel;
  live: Live;
  /** Seconds until the next look; 0: it is over. */
  poll: number;
  count: Count;
  updated: Updated;
};

export type Op = {
  seq: Seq;
  op: "put";
  m: MessageWithKey;
} | {
  seq: Seq;
  op: "del";
  id: Ts;
} | {
  seq: Seq;
  op: "meta";
};

/** <slug>/i/x-<sha12>.json: which pages make up the chat. */
export type Index = {
  /** The change that the pages show. */
  as_of: Seq;
  total: Count;
  channel: Channel;
  /** Oldest first. */
  pages: Array<[string, Ts, number]>;
};

/** <slug>/i/p-<sha12>.json: a stretch of messages, oldest first. */
export type Page = {
  messages: Array<MessageWithKey>;
};

/** <slug>/i/u-<sha12>.json: who wrote, by the keys that messages bear. */
export type Authors = {
  users: Record<string, User>;
};

/** A channel's own words. */
export type Channel = AnyChannel & {
  /** Clean HTML. */
  description: string;
  /** Clean HTML. */
  live_content: string;
};

/** Likewise, without the long ones. */
export type ShortChannel = AnyChannel;

export type AnyChannel = {
  /** The channel's id in Slack. */
  id: string;
  slug: Slug;
  headline: string;
  live: Live;
  closed_at?: ClosedAt;
  /** An IANA name. */
  time_zone?: string;
  /** A language tag; missing: en, or the page's. */
  language?: string;
  /** The extras of channels.yml. */
  extras?: Record<string, unknown>;
  /** Ids of messages that stay at the top, newest first; the pointer has the newest 40. */
  pinned?: Array<Ts>;
  /** Ids of messages that are key events, likewise. */
  key_events?: Array<Ts>;
};

/** A message with its author. */
export type MessageWithUser = Message & {
  user: User;
  replies?: Array<MessageWithUser>;
};

/** A message with its author's key in the authors. */
export type MessageWithKey = Message & {
  user: string;
  replies?: Array<MessageWithKey>;
};

export type Message = {
  id: Ts;
  ts: Ts;
  /** When it was posted. */
  time: Time;
  /** When it became public. */
  published_at: Time;
  /** When what is shown was last edited. */
  edited_at?: Time;
  /** Clean HTML; may be empty where there are only photos. */
  html: string;
  /** The same as plain text. */
  text?: string;
  /** The message that began the thread. */
  thread_id?: Ts;
  photos?: Array<Photo>;
  media?: Array<Media>;
  attachments?: Array<Attachment>;
  reactions?: Array<Reaction>;
  headline?: string;
  /** Stands in place of the author's name. */
  byline?: string;
  tags?: Array<string>;
  /** Oldest first. */
  corrections?: Array<{
    time: Time;
    text: string;
  }>;
  /** Words for the page, such as a layout. */
  args?: Array<string>;
  /** Likewise, with values. */
  kwargs?: Record<string, string>;
  /** Stays at the top. */
  pinned?: true;
  /** A key event. */
  key?: true;
};

export type Photo = {
  /** loading: url is a placeholder's. failed: it will not come. */
  status: "loading" | "live" | "failed";
  /** An address, or a path from the folder that holds channels.json; may be empty. */
  url: string;
  /** In pixels, the final one from the start. */
  width: number;
  height: number;
  /** For those who can't see it; may be empty. */
  alt: string;
  caption: string;
  credit: string;
};

/** A clip of video or sound. */
export type Media = {
  kind: "video" | "audio";
  /** loading: url is empty. failed: it will not come. */
  status: "loading" | "live" | "failed";
  /** An address, or a path from the folder that holds channels.json: H.264 and AAC in MP4, or AAC in M4A. */
  url: string;
  /** An image to show before it plays; likewise an address or a path. */
  poster?: string;
  /** In pixels; only of a video, and once they are known. */
  width?: number;
  height?: number;
  /** In seconds, once it is live. */
  duration?: number;
  /** For those who can't see it; may be empty. */
  alt: string;
  caption: string;
  credit: string;
};

/** A preview of a link in the message. */
export type Attachment = {
  title: string;
  text: string;
  url: string;
  image: string;
  author: string;
  /** The name of the site. */
  service: string;
  /** What a page can embed on a click. */
  kind: "link" | "youtube" | "x" | "bluesky" | "mastodon" | "instagram";
  /** What the kind calls it. */
  id?: string;
};

export type Reaction = {
  /** Slack's name of it. */
  emoji: string;
  /** Empty for an emoji of the workspace's own. */
  character: string;
  count: number;
};

/** Who wrote it. */
export type User = {
  id: string;
  /** The real name, else the user name. */
  display_name: string;
  /** The job title; may be empty. */
  title: string;
  /** A picture of 48 pixels: an address, or a path from the folder that holds channels.json; may be empty. */
  image_48: string;
};

/** Of this format. */
export type Version = 1;

/** The number of a change; grows by one with every change that readers can see. */
export type Seq = number;

/** How many messages are public. */
export type Count = number;

/** false: the chat is over. */
export type Live = boolean;

/** When the chat ended: no message was posted later. */
export type ClosedAt = Time;

/** The time of the newest change. */
export type Updated = Time;

/** The chat's name in its files. */
export type Slug = string;

/** Slack's key of a message, a string that sorts by time. */
export type Ts = string;

export type Time = string;
