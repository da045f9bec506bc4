namespace StemLab.Hub.Web;

/// <summary>Texts of the student's page in one language, for twelve-year-olds. Immutable.</summary>
public sealed partial record LessonTexts
{
    public required string Title { get; init; }
    public required string NoSession { get; init; }
    public required string NoSessionHow { get; init; }
    public required string JoinClass { get; init; }
    public required string Board { get; init; }
    public required string YourGroup { get; init; }
    public required string YouAre { get; init; }
    public required string FreeSession { get; init; }
    public required string NoChannels { get; init; }
    public required string Step { get; init; }
    public required string LookUp { get; init; }
    public required string Frozen { get; init; }
    public required string Message { get; init; }
    public required string Spotlight { get; init; }
    public required string SpotlightYou { get; init; }
    public required string Muted { get; init; }
    public required string Practice { get; init; }
    public required string PracticeMark { get; init; }
    public required string Replay { get; init; }
    public required string Ended { get; init; }
    public required string EndedHow { get; init; }
    public required string SessionGone { get; init; }
    public required string SessionGoneHow { get; init; }
    public required string Hidden { get; init; }
    public required string Away { get; init; }
    public required string Unsent { get; init; }
    public required string AllSent { get; init; }
    public required string NotKept { get; init; }
    public required string Values { get; init; }
    public required string TapToChart { get; init; }

    /// <summary>{0}: how many channels stand folded below the first ones.</summary>
    public required string MoreChannels { get; init; }
    public required string PredictTitle { get; init; }
    public required string PredictHow { get; init; }
    public required string PredictNumber { get; init; }
    public required string PredictDraw { get; init; }
    public required string PredictReason { get; init; }
    public required string PredictSend { get; init; }
    public required string PredictSent { get; init; }
    public required string PredictQueued { get; init; }
    public required string PredictOf { get; init; }
    public required string DrawLow { get; init; }
    public required string DrawHigh { get; init; }
    public required string DrawSeconds { get; init; }
    public required string DrawHours { get; init; }
    public required string DrawAgain { get; init; }
    public required string DrawKeys { get; init; }
    public required string DrawSteps { get; init; }
    public required string DrawAt { get; init; }
    public required string NothingDrawn { get; init; }
    public required string NotANumber { get; init; }
    public required string YourPredictions { get; init; }
    public required string RunTitle { get; init; }
    public required string RunHow { get; init; }
    public required string ByTime { get; init; }
    public required string ByEvent { get; init; }
    public required string ByThreshold { get; init; }
    public required string ForHowLong { get; init; }
    public required string UntilStopped { get; init; }
    public required string TriggerChannel { get; init; }
    public required string TriggerLevel { get; init; }
    public required string TriggerRising { get; init; }
    public required string TriggerFalling { get; init; }
    public required string Before { get; init; }
    public required string Start { get; init; }
    public required string Arm { get; init; }
    public required string Disarm { get; init; }
    public required string Armed { get; init; }
    public required string Triggered { get; init; }
    public required string Stop { get; init; }
    public required string StartsIn { get; init; }
    public required string Running { get; init; }
    public required string RunOver { get; init; }
    public required string NoRunYet { get; init; }
    public required string TeacherRuns { get; init; }
    public required string EventHow { get; init; }
    public required string KeepTitle { get; init; }
    public required string KeepHow { get; init; }
    public required string Channel { get; init; }
    public required string SteadinessLabel { get; init; }
    public required string SteadyKeep { get; init; }
    public required string StillMoves { get; init; }
    public required string TimeLeft { get; init; }
    public required string Site { get; init; }
    public required string Entry { get; init; }
    public required string EntryHow { get; init; }
    public required string EvenIfUnsteady { get; init; }
    public required string Keep { get; init; }
    public required string Kept { get; init; }
    public required string KeepNoHub { get; init; }
    public required string SamplesTitle { get; init; }
    public required string NoSamples { get; init; }
    public required string MeanSd { get; init; }
    public required string NotSteady { get; init; }
    public required string Undo { get; init; }
    public required string Undone { get; init; }
    public required string NotesTitle { get; init; }
    public required string NoteHow { get; init; }
    public required string NoteText { get; init; }
    public required string NoteNow { get; init; }
    public required string NoteSpan { get; init; }
    public required string NoteNothing { get; init; }
    public required string NoteSend { get; init; }
    public required string NoteSent { get; init; }
    public required string NoteWaits { get; init; }
    public required string NoteRefused { get; init; }
    public required string CompareTitle { get; init; }
    public required string CompareHow { get; init; }
    public required string EarlierRuns { get; init; }
    public required string CompareNoRuns { get; init; }
    public required string SecondsFromStart { get; init; }
    public required string PickSpan { get; init; }
    public required string PickHours { get; init; }
    public required string WholeRun { get; init; }
    public required string OfWhich { get; init; }
    public required string Statistics { get; init; }
    public required string Count { get; init; }
    public required string Mean { get; init; }
    public required string Median { get; init; }
    public required string Sd { get; init; }
    public required string Least { get; init; }
    public required string Greatest { get; init; }
    public required string Slope { get; init; }
    public required string Integral { get; init; }
    public required string FitTitle { get; init; }
    public required string FitKind { get; init; }
    public required string FitNone { get; init; }
    public required string FitTold { get; init; }
    public required string RSquared { get; init; }
    public required string Rmse { get; init; }
    public required string Points { get; init; }
    public required string Columns { get; init; }
    public required string ColumnExpression { get; init; }
    public required string ColumnMake { get; init; }
    public required string OpenRun { get; init; }
    public required string RunCode { get; init; }
    public required string Open { get; init; }
    public required string NotARun { get; init; }
    public required string Derived { get; init; }
    public required string DerivedHow { get; init; }
    public required string HomeTitle { get; init; }
    public required string HomeHow { get; init; }
    public required string HomeFile { get; init; }
    public required string HomeWaits { get; init; }
    public required string HomeOfRun { get; init; }
    public required string AddressOfRun { get; init; }
    public required string Measure { get; init; }
    public required string Sections { get; init; }

    /// <summary>Names of the ten curves, by their name on the wire.</summary>
    public required IReadOnlyDictionary<string, string> Curves { get; init; }

    /// <summary>What the parameters of curves are called, by their name on the wire; the others are letters of the formula.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    public static LessonTexts Of(string language) => language == "vi" ? Vietnamese : English;

    /// <summary>In the language of those texts, also one of a key file.</summary>
    internal static LessonTexts Of(Texts texts) => texts.Known?.In(texts.Language, Of(texts.Language)) ?? Of(texts.Language);
}
