using System.Numerics;

namespace StemLab.Science.Statistics;

/// <summary>Which frequencies a signal is made of. Pure.</summary>
public static class Spectrum
{
    /// <summary>One-sided amplitude spectrum, no window, no padding; the mean stays at 0 Hz.</summary>
    /// <param name="values">Evenly sampled, any unit, no NaN; any number of them.</param>
    /// <param name="rateHz">Sampling rate, Hz, above 0.</param>
    /// <returns>Frequencies, Hz, and the amplitude at each, unit of the values.</returns>
    public static (double[] FrequencyHz, double[] Amplitude) Amplitude(ReadOnlySpan<double> values, double rateHz)
    {
        if (!(rateHz > 0))
            throw new ArgumentException($"{rateHz} Hz is not a sampling rate.", nameof(rateHz));
        var n = values.Length;
        if (n == 0)
            return ([], []);
        var signal = new Complex[n];
        for (var i = 0; i < n; i++)
            signal[i] = values[i];
        var transformed = Transform(signal);
        var (frequency, amplitude) = (new double[n / 2 + 1], new double[n / 2 + 1]);
        for (var k = 0; k < frequency.Length; k++)
        {
            frequency[k] = k * rateHz / n;
            var isAlone = k == 0 || 2 * k == n;
            amplitude[k] = transformed[k].Magnitude / n * (isAlone ? 1 : 2);
        }

        return (frequency, amplitude);
    }

    /// <summary>Fourier transform of any length: by halves where the length is a power of two, else as a convolution (Bluestein).</summary>
    private static Complex[] Transform(Complex[] signal)
    {
        var n = signal.Length;
        if (BitOperations.IsPow2(n))
        {
            var copy = (Complex[])signal.Clone();
            ByHalves(copy, inverse: false);
            return copy;
        }

        var size = (int)BitOperations.RoundUpToPowerOf2((uint)(2 * n + 1));
        var chirp = new Complex[n];
        for (long i = 0; i < n; i++)
            chirp[i] = Complex.FromPolarCoordinates(1, -Math.PI * (i * i % (2L * n)) / n);
        var (a, b) = (new Complex[size], new Complex[size]);
        for (var i = 0; i < n; i++)
        {
            a[i] = signal[i] * chirp[i];
            b[i] = Complex.Conjugate(chirp[i]);
            if (i > 0)
                b[size - i] = b[i];
        }

        ByHalves(a, inverse: false);
        ByHalves(b, inverse: false);
        for (var i = 0; i < size; i++)
            a[i] *= b[i];
        ByHalves(a, inverse: true);
        var result = new Complex[n];
        for (var i = 0; i < n; i++)
            result[i] = a[i] / size * chirp[i];
        return result;
    }

    private static void ByHalves(Complex[] x, bool inverse)
    {
        var n = x.Length;
        for (int i = 1, j = 0; i < n; i++)
        {
            var bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (x[i], x[j]) = (x[j], x[i]);
        }

        for (var length = 2; length <= n; length <<= 1)
        {
            var angle = (inverse ? 2 : -2) * Math.PI / length;
            for (var k = 0; k < length / 2; k++)
            {
                // Each root by its own angle: no error grows along the way.
                var root = Complex.FromPolarCoordinates(1, angle * k);
                for (var start = k; start < n; start += length)
                {
                    var (even, odd) = (x[start], x[start + length / 2] * root);
                    (x[start], x[start + length / 2]) = (even + odd, even - odd);
                }
            }
        }
    }
}
