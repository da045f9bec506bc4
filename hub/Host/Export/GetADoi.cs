using System.Globalization;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>One page for who wants a DOI for a version, in both languages. Pure.</summary>
internal static class GetADoi
{
    public static string Text(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        string title = DatasetWords.Title(about);
        string creator = about.Dataset.Creator;
        string licence = about.Dataset.Licence;
        string cited = DatasetWords.Citation(about);
        return string.Create(CultureInfo.InvariantCulture, $"""
            GET A DOI
            A DOI is an address that never breaks: whoever cites it finds these data. Zenodo (run by CERN) gives one for nothing.

            1. Before: does the school agree that the data are public? Are places rough enough? Nobody's name is in the files.
            2. Open https://zenodo.org, sign in, "New upload". Practise on https://sandbox.zenodo.org first: its DOIs are not real.
            3. Upload the files of this version: the CSV bundle at least; NetCDF and Parquet as well if you have them.
            4. Fill in (all of it stands in .zenodo.json and datacite.json):
                 Resource type      Dataset
                 Title              {title}
                 Creators           {creator} (organisation)
                 Licence            {licence}
                 Version            {DatasetWords.Number(about)}
                 Description        the first lines of README.txt
                 Keywords           {string.Join(", ", about.Dataset.Keywords)}
            5. "Publish". It cannot be undone: a later version gets a DOI of its own beside this one.
            6. Tell the hub: page Datasets, "What is it?", field DOI. Versions frozen from then on name it in every file.
            A university or a national library that gives DOIs does as well: datacite.json is what such registries take.
            Cite as: {cited}

            XIN MÃ DOI
            DOI là một địa chỉ không bao giờ hỏng: ai trích dẫn nó đều tìm được bộ dữ liệu này. Zenodo (của CERN) cấp miễn phí.

            1. Trước hết: nhà trường có đồng ý công khai dữ liệu không? Vị trí đã được làm tròn đủ chưa? Trong tệp không có tên ai.
            2. Mở https://zenodo.org, đăng nhập, chọn "New upload". Hãy tập trước ở https://sandbox.zenodo.org: DOI ở đó không có thật.
            3. Tải lên các tệp của bản này: ít nhất là gói CSV; thêm NetCDF và Parquet nếu có.
            4. Điền (mọi thứ có sẵn trong .zenodo.json và datacite.json):
                 Resource type      Dataset
                 Title              {title}
                 Creators           {creator} (tổ chức)
                 Licence            {licence}
                 Version            {DatasetWords.Number(about)}
                 Description        những dòng đầu của README.txt
                 Keywords           {string.Join(", ", about.Dataset.Keywords)}
            5. "Publish". Không thể làm lại: bản sau có DOI riêng bên cạnh bản này.
            6. Báo cho trạm: trang Bộ dữ liệu, "Đây là gì?", ô DOI. Các bản đóng băng từ đó ghi DOI trong mọi tệp.
            Trường đại học hoặc thư viện quốc gia có cấp DOI cũng được: datacite.json là thứ họ nhận.
            Trích dẫn: {cited}

            """).ReplaceLineEndings("\n");
    }
}
