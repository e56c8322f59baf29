package org.chatpress.publish;

import static java.util.Comparator.comparing;
import static java.util.function.BinaryOperator.minBy;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.publish.OwnershipCheck.OwnershipLostException;
import org.chatpress.publish.plan.PublishPlan.ChannelBatch;
import org.chatpress.publish.plan.PublishPlan.Reason;
import org.chatpress.publish.plan.PublishPlan.Upload;
import org.chatpress.publish.plan.PublishPlan.Wave;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.publish.plan.PublishState.PendingDelete;
import org.chatpress.publish.plan.PublishState.StaleChannel;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to one storage, once: pending deletes first, then the files of each stale channel, each pointer after every
 * file that it names, then the deletes of files whose grace period has ended. Files that may go in any order are uploaded
 * in parallel. However it ends, the old pointer keeps all its files, and the next publisher continues.
 *
 * <p>Ends at once where another instance has replaced a pointer: nothing more is uploaded or deleted. Ends among many
 * files of a chat when another chat becomes stale, so that the next publisher begins with that.
 *
 * <p>Ends if the storage does not answer or denies access. A single file that the storage rejects holds back the rest of
 * its channel only, and a delete that it rejects holds back nothing.
 */
public final class Publisher {
    /** How long readers with an older pointer can still request its files. */
    public static final Duration GRACE = Duration.ofMinutes(15);

    /** Uploaded files are saved in batches, so that a killed process repeats at most this many and the status counts them. */
    private static final int FILES_SAVED_TOGETHER = 20;

    /** After so many, no further file of the chat is deleted in this run. */
    private static final int MAX_REJECTED_DELETES_OF_CHAT = 50;

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Storage storage;
    private final PublishState state;
    private final ParallelExecutor parallel;
    private final ParallelExecutor oneByOne;
    private final ParallelExecutor reads;
    private final BooleanSupplier stopping;
    private final Predicate<String> mayPublish;
    private final UnaryOperator<List<ObjectKey>> deletable;
    private final Set<ObjectKey> replaced = ConcurrentHashMap.newKeySet();
    private final Set<String> ownedChannels = new HashSet<>();
    private final Set<String> published = new HashSet<>();
    private final Map<String, RemoteException> rejectedUploads = new HashMap<>();
    private final Map<ObjectKey, RemoteException> rejectedDeletes = new HashMap<>();
    private final Map<String, Integer> rejectedOfChat = new ConcurrentHashMap<>();
    private final Map<ObjectKey, String> outdated = new TreeMap<>();
    private Map<ObjectKey, StoredObject> content = Map.of();
    private Set<StaleChannel> planned = Set.of();
    private Set<String> longGroup = Set.of();
    private boolean isPreempted;
    private boolean isPlanOutdated;
    private boolean isComplete;
    private boolean deletesDenied;
    private int uploads;
    private int deletes;
    private Optional<RemoteException> failure = Optional.empty();
    private Optional<ObjectKey> lostPointer = Optional.empty();

    /**
     * @param threads starts every task at once
     * @param stopping asked between two files; true ends the work early
     * @param mayPublish false: leave this channel's files as they are
     * @param deletable returns those of these files that are to be tried now, in the order in which to try them
     */
    public Publisher(
            Storage storage,
            PublishState state,
            Executor threads,
            BooleanSupplier stopping,
            Predicate<String> mayPublish,
            UnaryOperator<List<ObjectKey>> deletable) {
        this.storage = storage;
        this.state = state;
        this.parallel = new ParallelExecutor(threads, storage.maxParallel());
        this.oneByOne = new ParallelExecutor(threads, 1);
        // Of its own, because a read that succeeds does not show that an upload would.
        this.reads = new ParallelExecutor(threads, storage.maxParallel());
        this.stopping = stopping;
        this.mayPublish = mayPublish;
        this.deletable = deletable;
    }

    /**
     * What a publisher did.
     *
     * @param outdated files that were deleted, or replaced because of a takedown, and that a CDN may still serve, with the
     *     id of the channel of each
     * @param published the channels of which every planned upload succeeded
     * @param rejectedUploads why the storage rejected a file, by channel
     * @param rejectedDeletes why the storage rejected the delete of a file
     * @param failure the first failure of the storage as a whole; empty if there is none
     * @param lostPointer the pointer that another instance has replaced; empty if there is none
     * @param isPlanOutdated true if a chat was changed or rendered meanwhile, so that a new plan is needed
     * @param isComplete true if the storage has every file and nothing else
     */
    public record PublishResult(
            int uploads,
            int deletes,
            Map<ObjectKey, String> outdated,
            Set<String> published,
            Map<String, RemoteException> rejectedUploads,
            Map<ObjectKey, RemoteException> rejectedDeletes,
            Optional<RemoteException> failure,
            Optional<ObjectKey> lostPointer,
            boolean isPlanOutdated,
            boolean isComplete) {}

    /** Publishes what the storage lacks. Failures of the storage are returned, not thrown. */
    public PublishResult publish(Instant now) {
        try {
            deletePending();
            List<StaleChannel> stale = state.staleChannels();
            planned = Set.copyOf(stale);
            List<ChannelBatch> batches = stale.stream()
                    .filter(channel -> mayPublish.test(channel.channel()))
                    .map(channel -> ChannelBatch.of(channel, state))
                    .toList();
            isComplete = batches.size() == stale.size();
            for (List<ChannelBatch> group : ChannelBatch.groups(batches)) {
                if (endsEarly()) {
                    break;
                }
                publish(group, now);
            }
            if (!endsEarly()) {
                deleteAfterGrace(now);
            }
        } catch (RemoteException e) {
            record(e);
        } catch (OwnershipLostException e) {
            lostPointer = Optional.of(e.pointer());
        }
        isComplete &= rejectedUploads.isEmpty()
                && rejectedDeletes.isEmpty()
                && failure.isEmpty()
                && lostPointer.isEmpty()
                && !isPlanOutdated
                && !stopping.getAsBoolean();
        return new PublishResult(
                uploads,
                deletes,
                Map.copyOf(outdated),
                Set.copyOf(published),
                Map.copyOf(rejectedUploads),
                Map.copyOf(rejectedDeletes),
                failure,
                lostPointer,
                isPlanOutdated,
                isComplete);
    }

    private boolean endsEarly() {
        return isPreempted || stopping.getAsBoolean();
    }

    private void publish(List<ChannelBatch> group, Instant now) {
        group.stream().filter(ChannelBatch::delaysTakedown).forEach(this::deleteFirst);
        requireOwnership(group.stream()
                .filter(batch -> batch.plan().startsAfterPointer())
                .map(batch -> batch.stale().channel()));
        List<Upload> uploads =
                group.stream().flatMap(batch -> batch.plan().uploads().stream()).toList();
        Set<String> heldBack = new HashSet<>(state.markUploading(uploads));
        isPlanOutdated |= !heldBack.isEmpty();
        boolean isLong = uploads.size() > ChannelBatch.MAX_FILES_OF_GROUP;
        longGroup =
                isLong ? group.stream().map(batch -> batch.stale().channel()).collect(toSet()) : Set.of();
        // Read now, because they must be the versions that the pointer names, even if the chat is rendered meanwhile.
        content = isLong
                ? Map.of()
                : uploads.stream()
                        .filter(upload -> upload.role().compareTo(FileRole.PAGE) >= 0
                                && upload.role().compareTo(FileRole.POINTER) <= 0)
                        .flatMap(upload -> state.object(upload).stream())
                        .collect(toMap(StoredObject::key, identity()));
        for (Wave wave : Wave.values()) {
            heldBack.addAll(upload(uploads(group, wave, heldBack), now));
            if (endsEarly()) {
                return;
            }
        }
        List<StaleChannel> complete = group.stream()
                .map(ChannelBatch::stale)
                .filter(channel -> !heldBack.contains(channel.channel()))
                .toList();
        state.markPublished(complete);
        complete.forEach(channel -> published.add(channel.channel()));
        deletePending();
    }

    private void deleteFirst(ChannelBatch batch) {
        String channel = batch.stale().channel();
        LOG.warn(
                "{}: {} files are to be uploaded to {}; what was taken down is deleted first, and with it the pointer",
                state.pointer(channel).map(ObjectKey::folder).orElse(channel),
                batch.plan().uploads().size(),
                storage.name());
        state.deleteUnreplaced(channel);
        deletePending();
    }

    private static List<Upload> uploads(List<ChannelBatch> group, Wave wave, Set<String> heldBack) {
        return group.stream()
                .filter(batch -> !heldBack.contains(batch.stale().channel()))
                .flatMap(batch -> batch.plan().uploads().stream())
                .filter(upload -> upload.wave() == wave)
                .toList();
    }

    /** Returns the channels of which the storage rejected a file. Of long files, only one is in memory at a time. */
    private Set<String> upload(List<Upload> files, Instant now) {
        Map<Boolean, List<Upload>> byLength = files.stream().collect(partitioningBy(this::isLong));
        Set<String> heldBack = upload(byLength.get(false), parallel, now);
        if (!endsEarly()) {
            heldBack.addAll(upload(byLength.get(true), oneByOne, now));
        }
        return heldBack;
    }

    private boolean isLong(Upload upload) {
        return FileRole.WHOLE_CHAT_FILES.contains(upload.role()) && state.isLong(upload.key());
    }

    private Set<String> upload(List<Upload> files, ParallelExecutor executor, Instant now) {
        var uploaded = new ArrayList<Upload>();
        var failures = new ArrayList<RemoteException>();
        var heldBack = new HashSet<String>();
        if (files.isEmpty()) {
            return heldBack;
        }
        executor.forEach(files, this::upload, result -> {
            if (replaced.contains(result.item().key())) {
                isPlanOutdated = true;
                heldBack.add(result.item().channel());
                return !endsEarly();
            }
            if (result.failure().isEmpty()) {
                uploaded.add(result.item());
                if (uploaded.size() == FILES_SAVED_TOGETHER) {
                    markUploaded(uploaded, now);
                    uploaded.clear();
                    preemptLongUpload();
                }
                return !endsEarly();
            }
            RemoteException e = result.failure().get();
            failures.add(e);
            record(e, rejectedUploads, result.item().channel());
            heldBack.add(result.item().channel());
            ownedChannels.remove(result.item().channel());
            return e.kind() == Kind.REJECTED && !endsEarly();
        });
        markUploaded(uploaded, now);
        if (!failures.isEmpty()) {
            state.onUploadFailed();
        }
        deletePending();
        for (RemoteException e : failures) {
            if (e.kind() != Kind.REJECTED) {
                throw e;
            }
        }
        return heldBack;
    }

    /** Ends the upload of many files once another chat has become stale: no message waits for an archive. */
    private void preemptLongUpload() {
        isPreempted = !longGroup.isEmpty()
                && state.staleChannels().stream()
                        .filter(stale -> !planned.contains(stale) && !longGroup.contains(stale.channel()))
                        .anyMatch(stale -> !stale.isChannelList() && mayPublish.test(stale.channel()));
        isPlanOutdated |= isPreempted;
    }

    private void markUploaded(List<Upload> uploaded, Instant now) {
        uploads += uploaded.size();
        state.markUploaded(uploaded, now);
        for (Upload upload : uploaded) {
            if (upload.role() == FileRole.POINTER) {
                ownedChannels.add(upload.channel());
            }
            if (upload.reason() == Reason.TAKEDOWN) {
                outdated.put(upload.key(), upload.channel());
            }
        }
    }

    private void upload(Upload upload) {
        Optional<StoredObject> current =
                Optional.ofNullable(content.get(upload.key())).or(() -> state.object(upload));
        if (current.isEmpty()) {
            replaced.add(upload.key());
            return;
        }
        StoredObject object = current.get();
        if (upload.role() == FileRole.POINTER) {
            state.requireLock();
            if (storage.putUnlessChanged(object).isPresent()) {
                throw new OwnershipLostException(upload.key());
            }
        } else {
            storage.put(object);
        }
        LOG.info(
                "published {} to {} ({}, {} bytes)",
                upload.key(),
                storage.name(),
                upload.reason(),
                object.content().length());
    }

    /**
     * The files of another instance may have the same names, so its pointer must be noticed before a file is uploaded
     * after the pointer, or without one, and before a file is deleted. If the storage does not answer, the work itself
     * reports it.
     */
    private void requireOwnership(Stream<String> channels) {
        List<ObjectKey> pointers = channels.filter(ownedChannels::add)
                .flatMap(channel -> state.pointer(channel).stream())
                .toList();
        reads.forEach(
                pointers,
                pointer -> {
                    if (storage.findConflict(pointer).isPresent()) {
                        throw new OwnershipLostException(pointer);
                    }
                },
                result -> true);
    }

    private void deleteAfterGrace(Instant now) {
        List<ObjectKey> keys = state.expireGrace(now.minus(GRACE));
        if (!keys.isEmpty()) {
            requireOwnership(state.pendingDeletes().stream().map(PendingDelete::channel));
            delete(keys, key -> {});
        }
    }

    /** Deletes pointers before the pages that they name. */
    private void deletePending() {
        List<PendingDelete> pending = state.pendingDeletes();
        requireOwnership(pending.stream().map(PendingDelete::channel));
        Map<ObjectKey, String> channels = pending.stream().collect(toMap(PendingDelete::key, PendingDelete::channel));
        Map<Boolean, List<ObjectKey>> keys = pending.stream()
                .collect(
                        partitioningBy(file -> file.role() == FileRole.POINTER, mapping(PendingDelete::key, toList())));
        Consumer<ObjectKey> onDeleted = key -> outdated.put(key, channels.get(key));
        delete(keys.get(true), onDeleted);
        delete(keys.get(false), onDeleted);
    }

    /** @param onDeleted is called with each key that was deleted */
    private void delete(List<ObjectKey> keys, Consumer<ObjectKey> onDeleted) {
        var unavailable = new ArrayList<RemoteException>();
        List<ObjectKey> allowed = deletesDenied
                ? List.of()
                : deletable.apply(keys.stream()
                        .filter(key -> !rejectedDeletes.containsKey(key))
                        .toList());
        if (!allowed.isEmpty()) {
            state.requireLock();
        }
        parallel.forEach(allowed, this::deleteUnlessChatIsDenied, result -> {
            ObjectKey key = result.item();
            if (result.failure().isEmpty()) {
                state.markDeleted(key);
                onDeleted.accept(key);
                deletes++;
                LOG.info("deleted {} from {}", key, storage.name());
                return true;
            }
            RemoteException e = result.failure().get();
            if (e.isNotSent()) {
                return true;
            }
            record(e, rejectedDeletes, key);
            if (e.kind() == Kind.REJECTED) {
                rejectedOfChat.merge(topFolder(key), 1, Integer::sum);
            }
            if (e.kind() == Kind.TRANSIENT) {
                unavailable.add(e);
            }
            deletesDenied |= e.kind() == Kind.ACTION_REQUIRED;
            return e.kind() == Kind.REJECTED;
        });
        if (!unavailable.isEmpty()) {
            throw unavailable.get(0);
        }
    }

    /** A storage may deny every delete in a folder; thousands of requests would only delay the other chats. */
    private void deleteUnlessChatIsDenied(ObjectKey key) {
        if (rejectedOfChat.getOrDefault(topFolder(key), 0) >= MAX_REJECTED_DELETES_OF_CHAT) {
            throw RemoteException.notSent("deletes in " + topFolder(key) + " are rejected", Duration.ZERO);
        }
        storage.delete(key);
    }

    /** The folder of a chat; empty for the files beside the folders. */
    private static String topFolder(ObjectKey key) {
        return key.value().substring(0, Math.max(0, key.value().indexOf('/')));
    }

    /** Of several rejected files of a channel, always the same one is reported, so that the log has it once. */
    private <T> void record(RemoteException e, Map<T, RemoteException> rejected, T item) {
        if (e.kind() == Kind.REJECTED) {
            rejected.merge(item, e, minBy(comparing(RemoteException::getMessage)));
        } else {
            record(e);
        }
    }

    private void record(RemoteException e) {
        failure = failure.or(() -> Optional.of(e));
    }
}
