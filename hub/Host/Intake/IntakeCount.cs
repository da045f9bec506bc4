namespace StemLab.Hub.Intake;

/// <summary>
/// Everything Intake counts. The first word is the group, the rest the reason: RejectedBadJson is "rejected.bad_json".
/// received = stored + duplicate + conflict + erased + rejected(by reason), in readings; a message whose readings cannot be told counts as one.
/// </summary>
internal enum IntakeCount
{
    Received,
    Stored,
    Duplicate,
    Conflict,
    Erased,

    // Native blocks that could not be decoded, in the order of StemLab.Wire.RejectReason.
    RejectedTooLarge,
    RejectedNotProtobuf,
    RejectedNoBody,
    RejectedBadBootId,
    RejectedEmptyBlock,
    RejectedBadColumnOrder,
    RejectedBadTimes,
    RejectedBadValues,
    RejectedBadMissing,
    RejectedCountMismatch,
    RejectedBadSequence,
    RejectedBadLost,

    // Native: decided by the gate or the store.
    RejectedNotOwnTopic,
    RejectedUnknownAgent,
    RejectedBadBirth,
    RejectedBadTimeRequest,
    RejectedBadResult,
    RejectedPartialOverlap,
    RejectedByStore,

    // Foreign.
    RejectedReservedTopic,
    RejectedNotGranted,
    RejectedRetained,
    RejectedEmpty,
    RejectedNotANumber,
    RejectedNotFinite,
    RejectedUnknownUnit,
    RejectedBadJson,
    RejectedBadCbor,
    RejectedBadSenml,
    RejectedNoNumbers,
    RejectedTooLong,
    RejectedTooDeep,
    RejectedTooManyKeys,
    RejectedTooManyDevices,
    RejectedTooManyChannels,
    RejectedNoToken,
    RejectedNotActive,

    // Taken, but no readings by their nature.
    IgnoredStatus,
    IgnoredCommand,
    IgnoredKeys,
    IgnoredSentTime,
    IgnoredWill,

    // Native blocks not answered for, to be offered again.
    DeferredUnknownDeclaration,
    DeferredLedgerFull,
    DeferredStoreUnavailable,

    // Connections ended by the hub.
    ClosedNotMqtt,
    ClosedOversized,
    ClosedMalformed,
    ClosedBadTopic,
    ClosedTopicAlias,
    ClosedConnectTimeout,
    ClosedKeepAlive,
    ClosedCommitTimeout,
    ClosedStoreUnavailable,
    ClosedTooMany,
    ClosedNotAuthorized,
    ClosedTokenEnded,

    ConnectionsOpened,
    ReceiptsSent,
    RebirthsAsked,
    FanoutSent,
    FanoutDropped,
    OutgoingSent,
    OutgoingSkipped,
    AsideSkipped,
}
